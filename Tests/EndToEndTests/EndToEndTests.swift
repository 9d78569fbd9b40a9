// tests of EndToEnd
