// tests of Graphs
