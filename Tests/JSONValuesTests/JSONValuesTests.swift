// tests of JSONValues
