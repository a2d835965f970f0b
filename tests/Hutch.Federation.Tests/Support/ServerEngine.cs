using Hutch.Server;

namespace Hutch.Federation.Tests.Support;

/// <summary>
/// On which engine the servers of these tests run: the embedded one. Hutch.Engines.Tests runs some again with another class of this name.
/// </summary>
internal static class ServerEngine
{
    /// <summary>The options with the engine for a new server.</summary>
    public static ValueTask<ServeOptions> GiveAsync(ServeOptions options) => new(options);
}
