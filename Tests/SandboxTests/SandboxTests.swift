// tests of Sandbox
