using System.Diagnostics;
using System.Reflection;
using Hutch.Client.Configuration;

namespace Hutch.Commands.Hosting;

/// <summary>Starts this program again.</summary>
internal static class OwnProgram
{
    // Of the assembly, in the full program and in the client.
    private const string Name = "hutch";

    /// <summary>This executable, whatever its name is; or the runtime and this assembly, when it was started so.</summary>
    internal static (string Program, string[] Arguments) Command()
    {
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this program is unknown.");
        bool isOwnExecutable = Assembly.GetEntryAssembly()?.GetName().Name == Name && Path.GetFileName(program) != "dotnet";
        return isOwnExecutable ? (program, []) : ("dotnet", [Path.Combine(AppContext.BaseDirectory, Name + ".dll")]);
    }

    /// <summary>The same, quoted for a shell.</summary>
    internal static string ShellCommand()
    {
        (string program, string[] arguments) = Command();
        return string.Join(' ', arguments.Prepend(program).Select(static part => $"'{part}'"));
    }

    /// <summary>A process of this program for the same server. The token is not among its arguments, which others can see.</summary>
    internal static ProcessStartInfo Start(Connection connection, IEnumerable<string> arguments)
    {
        (string program, string[] first) = Command();
        var start = new ProcessStartInfo(program, first.Concat(arguments));
        start.Environment[Connection.RemoteVariable] = connection.Remote.ToString();
        // The process finds and renews a login at a zone.
        start.Environment[Connection.TokenVariable] = connection.UsesZoneLogin ? null : connection.Token;
        return start;
    }
}
