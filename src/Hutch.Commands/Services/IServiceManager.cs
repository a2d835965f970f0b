namespace Hutch.Commands.Services;

/// <summary>The part of a system that starts programs by itself: the file that describes one, and the commands that register it.</summary>
internal interface IServiceManager
{
    /// <summary>The file of a service. It stays as long as the service is installed, or is needed for the commands only.</summary>
    string FileOf(string name);

    /// <summary>True if the system reads the file again at each start.</summary>
    bool KeepsFile { get; }

    byte[] Describe(ServiceDefinition service);

    /// <summary>The commands that register a service and start it. One that is optional may fail.</summary>
    IReadOnlyList<ServiceCommand> Install(string name);

    /// <summary>The commands that stop a service and remove it.</summary>
    IReadOnlyList<ServiceCommand> Remove(string name);
}

/// <param name="Otherwise">The consequence of its failure, for a command that may fail; null for one that must not.</param>
internal sealed record ServiceCommand(string Program, IReadOnlyList<string> Arguments, string? Otherwise = null);
