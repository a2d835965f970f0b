using Hutch.Server;

namespace Hutch.Api.Tests.Support;

/// <summary>
/// On which engine these tests run: the embedded one. Hutch.Engines.Tests runs them again with another class of this name.
/// </summary>
internal static class ServerEngine
{
    /// <summary>The options with the engine for a new server.</summary>
    public static ValueTask<ServeOptions> GiveAsync(ServeOptions options) => new(options);

    /// <summary>Puts the clock of the log forward: here it is the system's.</summary>
    public static ValueTask PassAsync(ServeOptions options, TimeSpan by) => ValueTask.CompletedTask;
}
