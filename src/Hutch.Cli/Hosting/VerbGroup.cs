using System.CommandLine;

namespace Hutch.Cli.Hosting;

/// <summary>A word that only has verbs below it.</summary>
internal sealed class VerbGroup : Command
{
    internal VerbGroup(string name, string description, params Verb[] verbs)
        : base(name, description)
    {
        foreach (Verb verb in verbs)
        {
            Add(verb);
        }
    }
}
