using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Agents;

internal static class AdoptVerbs
{
    internal static Command Create(CliHost host) => new VerbGroup(
        "adopt",
        "Make folders that exist already datasets where they are: no byte is copied, and nothing in them is changed.",
        new AdoptFolderVerb(host),
        new AdoptRiaVerb(host),
        new AdoptListVerb(host));
}
