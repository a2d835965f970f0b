using Hutch.Api.Documentation;
using Hutch.Contracts;
using Hutch.Model;

namespace Hutch.Api.Endpoints;

/// <summary>The name, version and zone of the server.</summary>
internal sealed class ServerEndpoints(string zoneId) : IEndpoints
{
    private const string Tag = "Server";

    public static string Version { get; } = typeof(ServerEndpoints).Assembly.GetName().Version!.ToString(3);

    public void Add(EndpointTable table)
    {
        table.Add(Tag, "GET", "/", "Name, version and zone of the server", EndpointDescription.Nobody)
            .Gives(HutchJson.Default.ServerInfo, request => Task.FromResult<Result<ServerInfo>>(new ServerInfo
            {
                Name = "hutch",
                Version = Version,
                Site = request.Api.Options.SiteName,
                Zone = zoneId,
                Api = "v1",
            }));
    }
}
