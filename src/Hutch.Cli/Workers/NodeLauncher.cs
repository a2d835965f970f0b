using Hutch.Commands.Hosting;
using Hutch.Programs.Engines;

namespace Hutch.Cli.Workers;

/// <summary>The command that starts this program as the node of an attempt.</summary>
internal static class NodeLauncher
{
    internal static NodeCommand Command()
    {
        (string program, string[] arguments) = OwnProgram.Command();
        return new NodeCommand(program, [.. arguments, "attempt"]);
    }
}
