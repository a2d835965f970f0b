namespace Hutch.Cli.Hosting;

/// <summary>Verbs for one purpose, in the order in which the help shows them.</summary>
internal sealed record VerbSection(string Title, IReadOnlyList<VerbFactory> Verbs);

/// <summary>A verb that is built only when it is needed.</summary>
/// <param name="Summary">Its line in <c>hutch --help</c>; null for a verb that is only named there.</param>
internal sealed record VerbFactory(string Name, Func<CliHost, Command> Create, string? Summary = null);
