package ledger_test

// child runs the process that the kill test kills; false in the test process itself.
func child() bool { return false }
