using Hutch.Api.Documentation;

namespace Hutch.Api.Endpoints;

internal sealed class ServerEndpoints(Func<string> zoneId, ZoneLoginService login) : IEndpoints
{
    private const string Tag = "Server";

    public static string Version { get; } = typeof(ServerEndpoints).Assembly.GetName().Version!.ToString(3);

    public void Add(EndpointTable table)
    {
        table.Add(Tag, "GET", "/", "Name, version and zone of the server", EndpointDescription.Anonymous)
            .Gives(HutchJson.Default.ServerInfo, request => Task.FromResult<Result<ServerInfo>>(new ServerInfo
            {
                Name = "hutch",
                Version = Version,
                Site = request.Api.Options.SiteName,
                // Read at each request: it changes when the site joins a zone.
                Zone = zoneId(),
                ZonePortal = login.Portal,
                PublicUrl = request.Api.Options.PublicUrl?.ToString(),
                S3Url = request.Api.Options.S3Url?.ToString(),
                JupyterHub = request.Api.Options.JupyterHub?.ToString(),
                Git = request.Api.Options.ServesGit,
                Api = "v1",
            }));
    }
}
