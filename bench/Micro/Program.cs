using Karez.Micro;
#if !LOOP_ONLY
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
#endif

// dotnet run -c Release --project bench/Micro -- --filter '*X25519*'   BenchmarkDotNet
// dotnet run -c Release --project bench/Micro -- primitives            processor time, for a machine that is not idle
// dotnet run -c Release --project bench/Micro -- rules FILE            a million names, asked for those of a real list
if (args is ["primitives"])
{
    PrimitiveLoop.Run();
    return;
}

#if !LOOP_ONLY
if (args is ["rules", var list])
{
    Karez.Micro.Route.RuleLoop.Run(list);
    return;
}

// In process and short by default: figures to compare within one run on one machine, not to publish.
var config = DefaultConfig.Instance
    .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddColumn(StatisticColumn.OperationsPerSecond)
    .HideColumns(Column.Job, Column.Toolchain, Column.IterationCount, Column.LaunchCount, Column.WarmupCount)
    .HideColumns(Column.Gen0, Column.Gen1, Column.Gen2, Column.RatioSD, Column.AllocRatio)
    .WithOptions(ConfigOptions.JoinSummary);
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
#endif
