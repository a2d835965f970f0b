using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Agents;

internal static class AgentVerbs
{
    internal static Command Create(CliHost host) => new VerbGroup(
        "agent",
        "Publish facility folders: check what would happen, and follow what happens. `hutch serve` runs the agent.",
        FullProgramVerb.Create(host, "agent dry-run"),
        FullProgramVerb.Create(host, "agent explain"),
        FullProgramVerb.Create(host, "agent convert"),
        new AgentStatusVerb(host),
        new AgentScanVerb(host),
        new AgentRescanVerb(host),
        new AgentLetterVerb(host),
        new AgentKeepVerb(host));
}
