package dev.virga.pds.store;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** The two ports as a process sees them that dies before its n-th call. */
public final class Dying {
  /** The end of the process, as far as the code under test can tell. */
  public static final class Death extends Error {
    private static final long serialVersionUID = 1L;
  }

  private int left;

  public Dying(int calls) {
    this.left = calls;
  }

  public Index on(Index index) {
    return Index.class.cast(port(Index.class, index));
  }

  public Objects on(Objects objects) {
    return Objects.class.cast(port(Objects.class, objects));
  }

  private Object port(Class<?> port, Object target) {
    InvocationHandler calls =
        (proxy, method, arguments) -> {
          if (method.isDefault()) {
            return InvocationHandler.invokeDefault(proxy, method, arguments);
          }
          if (left-- <= 0) {
            throw new Death();
          }
          try {
            return method.invoke(target, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        };
    return Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, calls);
  }
}
