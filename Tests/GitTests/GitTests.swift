// tests of Git
