// tests of Kubernetes
