package dev.virga.aws.dynamodb;

import dev.virga.pds.store.Write;
import software.amazon.awssdk.services.dynamodb.model.ConditionCheck;
import software.amazon.awssdk.services.dynamodb.model.Delete;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.Put;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.Update;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/** The requests for writes, alone or as actions of a transaction; part of {@link DynamoIndex}. */
final class Requests {
  private final String table;

  Requests(String table) {
    this.table = table;
  }

  PutItemRequest put(Write.Put put) {
    Expressions expressions = Expressions.of(put);
    return PutItemRequest.builder()
        .tableName(table)
        .item(Attributes.encode(Row.of(put.key(), put.item(), put.expires())))
        .conditionExpression(expressions.condition())
        .expressionAttributeNames(expressions.names())
        .expressionAttributeValues(expressions.values())
        .build();
  }

  UpdateItemRequest update(Write.Update update) {
    Expressions expressions = Expressions.of(update);
    return UpdateItemRequest.builder()
        .tableName(table)
        .key(Attributes.key(update.key()))
        .updateExpression(expressions.update())
        .conditionExpression(expressions.condition())
        .expressionAttributeNames(expressions.names())
        .expressionAttributeValues(expressions.values())
        .build();
  }

  DeleteItemRequest delete(Write.Delete delete) {
    Expressions expressions = Expressions.of(delete);
    return DeleteItemRequest.builder()
        .tableName(table)
        .key(Attributes.key(delete.key()))
        .conditionExpression(expressions.condition())
        .expressionAttributeNames(expressions.names())
        .expressionAttributeValues(expressions.values())
        .build();
  }

  TransactWriteItem action(Write write) {
    Expressions expressions = Expressions.of(write);
    TransactWriteItem.Builder action = TransactWriteItem.builder();
    return switch (write) {
      case Write.Put put -> action.put(putAction(put, expressions)).build();
      case Write.Update update -> action.update(updateAction(update, expressions)).build();
      case Write.Delete delete -> action.delete(deleteAction(delete, expressions)).build();
      case Write.Check check -> action.conditionCheck(checkAction(check, expressions)).build();
    };
  }

  private Put putAction(Write.Put put, Expressions expressions) {
    return Put.builder()
        .tableName(table)
        .item(Attributes.encode(Row.of(put.key(), put.item(), put.expires())))
        .conditionExpression(expressions.condition())
        .expressionAttributeNames(expressions.names())
        .expressionAttributeValues(expressions.values())
        .build();
  }

  private Update updateAction(Write.Update update, Expressions expressions) {
    return Update.builder()
        .tableName(table)
        .key(Attributes.key(update.key()))
        .updateExpression(expressions.update())
        .conditionExpression(expressions.condition())
        .expressionAttributeNames(expressions.names())
        .expressionAttributeValues(expressions.values())
        .build();
  }

  private Delete deleteAction(Write.Delete delete, Expressions expressions) {
    return Delete.builder()
        .tableName(table)
        .key(Attributes.key(delete.key()))
        .conditionExpression(expressions.condition())
        .expressionAttributeNames(expressions.names())
        .expressionAttributeValues(expressions.values())
        .build();
  }

  private ConditionCheck checkAction(Write.Check check, Expressions expressions) {
    return ConditionCheck.builder()
        .tableName(table)
        .key(Attributes.key(check.key()))
        .conditionExpression(expressions.condition())
        .expressionAttributeNames(expressions.names())
        .expressionAttributeValues(expressions.values())
        .build();
  }
}
