package dev.earshot.internal;

import static org.assertj.core.api.Assertions.assertThatCode;

import dev.earshot.testing.FaultMatrix;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every outstanding operation completes, whatever handle, whatever fault, whenever it strikes. */
class FaultMatrixTest {

  @TestFactory
  Stream<DynamicTest> everyOutstandingOperationCompletes() {
    return FaultMatrix.all().stream()
        .map(
            each ->
                DynamicTest.dynamicTest(
                    each.name(),
                    () -> assertThatCode(each.life()::run).doesNotThrowAnyException()));
  }
}
