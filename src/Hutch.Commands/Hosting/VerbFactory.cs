namespace Hutch.Commands.Hosting;

/// <summary>A verb that is built only when it is needed.</summary>
/// <param name="Make">Null for a verb that only the full program has.</param>
/// <param name="Summary">Its line in <c>hutch --help</c>; null for a verb that is only named there.</param>
internal sealed record VerbFactory(string Name, Func<CliHost, Command>? Make, string? Summary = null)
{
    /// <summary>A verb that only the full program has.</summary>
    internal static VerbFactory Full(string name, string? summary = null) => new(name, null, summary);

    /// <summary>Returns true if a program has the verb.</summary>
    internal bool IsIn(CliHost host) => Make is not null || host.FullVerbs.ContainsKey(Name);

    internal Command Create(CliHost host) => Make is null ? FullProgramVerb.Create(host, Name) : Make(host);
}
