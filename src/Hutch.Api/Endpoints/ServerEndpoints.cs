using Hutch.Api.Documentation;
using Hutch.Datasets.Authorization;
using Hutch.Model;
using Hutch.Model.Contracts;

namespace Hutch.Api.Endpoints;

/// <summary>What answers, and who asks.</summary>
internal static class ServerEndpoints
{
    private const string Tag = "Server";

    public static string Version { get; } = typeof(ServerEndpoints).Assembly.GetName().Version!.ToString(3);

    public static void Add(EndpointTable table)
    {
        table.Add(Tag, "GET", "/", "What answers here", "none")
            .Gives(HutchJson.Default.ServerInfo, request => Task.FromResult<Result<ServerInfo>>(new ServerInfo
            {
                Name = "hutch",
                Version = Version,
                Site = request.Api.Options.SiteName,
                Api = "v1",
            }));
        table.Add(Tag, "GET", "/me", "Who the token belongs to", "any token")
            .Gives(HutchJson.Default.CallerInfo, request => Task.FromResult(Describe(request.Caller)));
    }

    private static Result<CallerInfo> Describe(Caller caller)
    {
        if (caller.Kind == CallerKind.Anonymous)
        {
            return ErrorCode.Unauthenticated.With("To see who you are you must be logged in.");
        }

        return new CallerInfo
        {
            User = caller.Name,
            DisplayName = caller.User?.DisplayName,
            Roles = [.. caller.Roles.ToList().Select(role => role.ToName())],
            Groups = [.. caller.Groups.Select(group => group.GroupName)],
            Token = caller.Token is { } token ? AccountEndpoints.ToInfo(token) : null,
        };
    }
}
