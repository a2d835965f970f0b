using System.Globalization;
using Hutch.Cli.Hosting;
using Hutch.Cli.Output;
using Hutch.Model.Contracts;

namespace Hutch.Cli.Verbs;

/// <summary><c>hutch servers</c>: the servers of the site, and what they share.</summary>
internal sealed class ServersVerb : Verb
{
    internal ServersVerb(CliHost host)
        : base(
            host,
            "servers",
            "List the servers of the site, and whether the database and the object store that they share answer (operators).",
            "hutch servers",
            "hutch servers --json")
    {
    }

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        EngineInfo engine = await context.Server.GetEngineAsync(cancellationToken);
        if (context.Json)
        {
            context.PrintJson(engine, HutchJson.Default.EngineInfo);
            return ExitCode.Ok;
        }

        var table = new TextTable("SERVER", "MACHINE", "ADDRESS", "HEARD OF", "");
        foreach (SiteServerInfo server in engine.Servers)
        {
            table.Add(
                server.Id,
                server.Name,
                server.Address ?? "none: set server.address",
                string.Create(CultureInfo.InvariantCulture, $"{server.SilentSeconds:0} s ago"),
                server.IsThis ? "answers now" : "");
        }

        context.Write(table, "One server, with the site in its data folder.");
        foreach (StoreInfo store in engine.Stores)
        {
            context.Note(store.Trouble is { } trouble
                ? $"{store.Name} {store.Where}: {trouble}"
                : string.Create(CultureInfo.InvariantCulture, $"{store.Name} {store.Where}: answers in {1000 * store.Seconds:0.0} ms."));
        }

        if (engine.RecordsBehind is { } behind)
        {
            context.Note($"This server is {Human.Count(behind, "record", "records")} behind.");
        }

        return engine.Stores.Any(static store => store.Trouble is not null) ? ExitCode.Failure : ExitCode.Ok;
    }
}
