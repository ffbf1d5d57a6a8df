"""The foreman's roll call (点名), each line counter-signed by the worker whom it names."""
