using Karez.Site;

if (!SiteOptions.TryParse(args, out var options, out var problem))
{
    await Console.Error.WriteLineAsync(problem);
    await Console.Error.WriteLineAsync(SiteOptions.Usage);
    return 2;
}

return await SiteHost.RunAsync(options);
