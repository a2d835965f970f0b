using Hutch.Api.Documentation;

namespace Hutch.Api.Endpoints;

internal sealed class ServerEndpoints(Func<string> zoneId, ZoneLoginService login) : IEndpoints
{
    private const string Tag = "Server";

    public static string Version { get; } = typeof(ServerEndpoints).Assembly.GetName().Version!.ToString(3);

    public void Add(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Server.About, "Name, version and zone of the server")
            .Gives(request => Task.FromResult<Result<ServerInfo>>(Describe(request.Api.Options)));
    }

    /// <summary>The identity of this server now: it changes when the site joins a zone.</summary>
    public ServerInfo Describe(RestOptions options) => new()
    {
        Name = "hutch",
        Version = Version,
        Site = options.SiteName,
        Zone = zoneId(),
        ZonePortal = login.Portal,
        PublicUrl = options.PublicUrl?.ToString(),
        S3Url = options.S3Url?.ToString(),
        JupyterHub = options.JupyterHub?.ToString(),
        ClientUrl = options.ClientUrl?.ToString(),
        OpenWith = options.OpenWith,
        Git = options.ServesGit,
        Api = "v1",
    };
}
