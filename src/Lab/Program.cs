using Karez.Lab;

return await LabCommand.RunAsync(args, Console.Out, Console.Error, CancellationToken.None);
