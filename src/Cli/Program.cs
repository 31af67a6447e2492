using Karez.Cli;

return await KarezCommand.RunAsync(args, new Terminal(), CancellationToken.None);
