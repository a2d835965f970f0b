namespace Hutch.Commands.Hosting;

/// <summary>Verbs for one purpose, in the order in which the help shows them.</summary>
internal sealed record VerbSection(string Title, IReadOnlyList<VerbFactory> Verbs)
{
    /// <summary>Returns the section without the verbs that a program does not have.</summary>
    internal VerbSection In(CliHost host) => this with { Verbs = [.. Verbs.Where(verb => verb.IsIn(host))] };
}
