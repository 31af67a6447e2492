using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Karez.Route;
using Karez.Route.Lists;
using Karez.Route.Sources;
using Karez.Tests;

namespace Karez.Micro.Route;

/// <summary>A million names: compiled, opened, and asked for names and addresses that are and are not in it.</summary>
[MemoryDiagnoser]
public class RouteBench
{
    private const int Names = 1_000_000;
    private const int Batch = 4_096;

    private byte[] _source = [];
    private byte[] _digest = [];
    private byte[] _compiled = [];
    private string[] _asked = [];
    private RouteTable _table = RouteTable.Default;

    [GlobalSetup]
    public void Compile()
    {
        _source = ManyNames.List(Names);
        _digest = SHA256.HashData(_source);
        RouteSource.TryCompile(_source, _digest, out var compiled);
        _compiled = compiled.Join();
        _asked = ManyNames.Asked(Batch, Names);
        _table = Open();
    }

    [Benchmark]
    public int Compile_a_million()
    {
        RouteSource.TryCompile(_source, _digest, out var compiled);
        return compiled.Parts.Count;
    }

    [Benchmark]
    public RouteTable Open()
    {
        RouteList.TryOpen("many", _compiled, _digest, out var list);
        return RouteTable.Compile(
            [new RouteRule(RouteAction.Direct, "r") { Lists = ["many"] }, RouteRule.Private],
            [list!], RouteAction.Channel, [])!; // its list is there
    }

    [Benchmark(OperationsPerInvoke = Batch)]
    public int Ask_for_a_name()
    {
        var direct = 0;
        foreach (var name in _asked)
            direct += _table.DecideName(name).Action == RouteAction.Direct ? 1 : 0;
        return direct;
    }
}
