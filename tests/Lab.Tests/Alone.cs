// What is measured here is time, and garbage that another test makes would count.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
