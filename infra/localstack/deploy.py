"""Deploys as much of template.yaml as an emulator can take, and prints where it is as JSON.

Left out everywhere: the edge (CloudFront, so that the PDS is called localhost), the firehose host (EC2), alarms and
budget. Where there is no HTTP or WebSocket API (LocalStack's free plan), the functions get URLs of their own.
"""
import argparse
import json
import pathlib
import sys
import time

import boto3
from botocore.config import Config
from samtranslator.yaml_helper import yaml_parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEFT_OUT = ("Edge", "Firehose", "HostSettings", "Watch", "ObjectsBucketPolicy")
APIS = ("HttpApi", "Api", "WebSocketApi")
GROUPS = ("Read", "Write", "Account", "Admin", "Proxy")

# MiniStack's WebSocket API calls functions in Python and Node only, and takes all others for done: this one hands on.
BRIDGE = """
import json, urllib.request

def handler(event, context):
    request = urllib.request.Request("%s/WebSocketFunction", json.dumps(event).encode(),
                                     {"X-Amzn-Lambda-Function-Name": "%s-subscribers"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)
"""


def substituted(value, names):
    """A part of a loop's body with the loop's variable filled in."""
    if isinstance(value, dict):
        return {substituted(k, names): substituted(v, names) for k, v in value.items()}
    if isinstance(value, list):
        return [substituted(item, names) for item in value]
    if isinstance(value, str):
        for name, text in names.items():
            value = value.replace("${%s}" % name, text)
            value = value.replace("&{%s}" % name, "".join(c for c in text if c.isalnum()))
    return value


def unrolled(template):
    """The template without loops, which no emulator knows."""
    resources = {}
    for name, resource in template["Resources"].items():
        if name.startswith("Fn::ForEach::"):
            variable, values, body = resource
            for text in values:
                resources.update(substituted(body, {variable: text}))
        else:
            resources[name] = resource
    rest = {k: v for k, v in template.items() if k not in ("Transform", "Resources")}
    return {**rest, "Resources": resources}


def replaced(value, change):
    """The value with everything that `change` knows better put in its place."""
    better = change(value)
    if better is not None:
        return better
    if isinstance(value, dict):
        return {k: replaced(v, change) for k, v in value.items()}
    if isinstance(value, list):
        return [replaced(item, change) for item in value]
    return value


def reduced(template, arguments, package):
    """What the emulator gets of the main template."""
    def change(value):
        if value == {"Fn::GetAtt": ["Edge", "Outputs.Hostname"]} or value == {"Fn::GetAtt": "Edge.Outputs.Hostname"}:
            return "localhost"
        if isinstance(value, dict) and "${WebSocketApi}" in str(value.get("Fn::Sub", "")):
            if arguments.no_apis:
                return ""
            return {"Fn::Sub": arguments.inside + "/_aws/execute-api/${WebSocketApi}/live"}
        if value == {"Ref": "WebSocketApi"} and arguments.no_apis:
            return "none"
        return None

    template = replaced(template, change)
    resources = template["Resources"]
    for name in LEFT_OUT + (APIS if arguments.no_apis else ()):
        del resources[name]
    function = template["Globals"]["Function"]
    function["CodeUri"] = package
    function["Environment"]["Variables"]["VIRGA_S3_PATH_STYLE"] = "true"
    if arguments.java:
        function["Runtime"] = arguments.java
    for name, resource in resources.items():
        if resource["Type"] == "AWS::CloudFormation::Stack":
            resource["Properties"]["TemplateURL"] = f"{arguments.endpoint}/{package.split('/')[2]}/{name}.json"
        if resource["Type"] == "AWS::Serverless::Function":
            properties = resource["Properties"]
            if arguments.runtime:
                variables = properties.setdefault("Environment", {}).setdefault("Variables", {})
                variables["MINISTACK_LAMBDA_PROXY_URL"] = f"{arguments.runtime}/{name}"
            if arguments.no_apis and name.replace("Function", "") in GROUPS:
                properties["FunctionUrlConfig"] = {"AuthType": "NONE"}
    if arguments.runtime and not arguments.no_apis:
        resources["WebSocketBridge"] = {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "python3.12",
                "Handler": "index.handler",
                "Timeout": 60,
                "Role": {"Fn::GetAtt": ["Roles", "Outputs.WebSocket"]},
                "Code": {"ZipFile": BRIDGE % (arguments.runtime, arguments.stack)},
            },
        }
    outputs = {name: {"Value": {"Ref": name}} for name in ("IndexTable", "ObjectsBucket")}
    if arguments.no_apis:
        outputs.update({g: {"Value": {"Fn::GetAtt": [f"{g}FunctionUrl", "FunctionUrl"]}} for g in GROUPS})
    else:
        outputs.update({name: {"Value": {"Ref": name}} for name in ("HttpApi", "WebSocketApi")})
    if "WebSocketBridge" in resources:
        outputs["WebSocketBridge"] = {"Value": {"Fn::GetAtt": ["WebSocketBridge", "Arn"]}}
    template["Outputs"] = outputs
    template.pop("Rules", None)
    return template


def bridge(apigateway, api, function):
    """Leads all routes of the WebSocket API to one function; MiniStack's SAM leaves them without any."""
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations"
    for integration in apigateway.get_integrations(ApiId=api)["Items"]:
        apigateway.update_integration(ApiId=api, IntegrationId=integration["IntegrationId"], IntegrationUri=uri)


def routes():
    """Which group answers which method, for whoever has to do without an HTTP API."""
    table = {}
    for name, resource in unrolled(yaml_parse((ROOT / "infra/api.yaml").read_text()))["Resources"].items():
        if resource["Type"] == "AWS::ApiGatewayV2::Route":
            target = json.dumps(resource["Properties"]["Target"])
            table[resource["Properties"]["RouteKey"]] = next(g for g in GROUPS if f"{g}Integration" in target)
    return table


def wait(cloudformation, stack):
    """Until the stack is made; says what failed if it cannot be."""
    for _ in range(600):
        found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        status = found["StackStatus"]
        if status == "CREATE_COMPLETE":
            return {o["OutputKey"]: o["OutputValue"] for o in found.get("Outputs", [])}
        if "FAILED" in status or "ROLLBACK" in status or "DELETE" in status:
            for event in cloudformation.describe_stack_events(StackName=stack)["StackEvents"]:
                if "FAILED" in event["ResourceStatus"]:
                    print(event["LogicalResourceId"], event.get("ResourceStatusReason", ""), file=sys.stderr)
            sys.exit(f"the stack is {status}: {found.get('StackStatusReason', '')}")
        time.sleep(1)
    sys.exit("the stack took more than ten minutes")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--endpoint", required=True, help="the emulator, from here")
    parser.add_argument("--inside", help="the emulator, from within a function [as from here]")
    parser.add_argument("--plc", required=True, help="a PLC directory, from within a function")
    parser.add_argument("--package", required=True, help="the functions' package")
    parser.add_argument("--runtime", help="runtime.mjs, where the emulator cannot run Java itself")
    parser.add_argument("--no-apis", action="store_true", help="function URLs instead of APIs")
    parser.add_argument("--java", help="another runtime than java25")
    parser.add_argument("--stack", default="virga")
    arguments = parser.parse_args()
    arguments.inside = arguments.inside or arguments.endpoint

    def client(service):
        return boto3.client(
            service, endpoint_url=arguments.endpoint, region_name="us-east-1", aws_access_key_id="test",
            aws_secret_access_key="test", config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}))

    s3, ssm, cloudformation = client("s3"), client("ssm"), client("cloudformation")
    bucket = f"{arguments.stack}-deployment"
    s3.create_bucket(Bucket=bucket)
    s3.upload_file(arguments.package, bucket, "functions.zip")
    for name, file in (("Roles", "roles.yaml"), ("Api", "api.yaml")):
        s3.put_object(Bucket=bucket, Key=f"{name}.json",
                      Body=json.dumps(unrolled(yaml_parse((ROOT / "infra" / file).read_text()))).encode())
    for name, value in {"PDS_DID_PLC_URL": arguments.plc, "PDS_CRAWLERS": ""}.items():
        if value:
            ssm.put_parameter(Name=f"/virga/{arguments.stack}/{name}", Value=value, Type="String", Overwrite=True)
    main_template = reduced(
        yaml_parse((ROOT / "template.yaml").read_text()), arguments, f"s3://{bucket}/functions.zip")
    s3.put_object(Bucket=bucket, Key="main.json", Body=json.dumps(main_template).encode())
    cloudformation.create_stack(
        StackName=arguments.stack, TemplateURL=f"{arguments.endpoint}/{bucket}/main.json",
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters=[{"ParameterKey": k, "ParameterValue": v}
                    for k, v in {"InviteRequired": "false", "Crawlers": ""}.items()])
    outputs = wait(cloudformation, arguments.stack)
    if "WebSocketBridge" in outputs:
        bridge(client("apigatewayv2"), outputs["WebSocketApi"], outputs["WebSocketBridge"])
    print(json.dumps({**outputs, **({"Routes": routes()} if arguments.no_apis else {})}))


main()
