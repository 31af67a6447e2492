// What is measured here is time, and garbage that another test makes would count.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
