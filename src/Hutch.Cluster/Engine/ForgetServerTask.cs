using System.Text.Json.Serialization;
using Hutch.Cluster.Servers;
using Hutch.Model.Maintenance;
using Hutch.Model.Parameters;

namespace Hutch.Cluster.Engine;

/// <summary><c>forget-server</c>: for a server that is gone for good: no purge waits for it. Its return makes a new folder.</summary>
internal sealed partial class ForgetServerTask(ServerFolders folders) : IMaintenanceTask
{
    private static readonly ParameterDeclaration Server = new()
    {
        Name = "server",
        Title = "Server",
        Kind = ValueKind.Text,
        Description = "Its id, as `hutch servers` and the warning about it show it.",
    };

    public TaskDeclaration Declaration { get; } = new()
    {
        Kind = "forget-server",
        Description = "Wait no longer for the data folder of a server that is gone for good.",
        Starter = TaskStarter.Administrator,
        Parameters = [Server],
        CheckTogether = static values => IdIn(values) is null
            ? ErrorCode.BadRequest.With("'server' is no id of a server: give the 32 hex digits that `hutch servers` shows.")
            : null,
    };

    public async Task<JobOutcome> RunAsync(ParameterValues values, Action<double> progress, CancellationToken cancellationToken)
    {
        Guid server = IdIn(values)!.Value;
        return await folders.RemoveAsync(server, cancellationToken)
            ? JobOutcome.From($"The server {server:N} is forgotten.", new Forgotten(server.ToString("N")), ForgottenJson.Default.Forgotten)
            : throw ErrorCode.Conflict.With(
                $"The server {server:N} was not forgotten: it runs, or there is none. Stop it first; `hutch servers` shows those that run.")
                .ToException();
    }

    private static Guid? IdIn(ParameterValues values) => Guid.TryParse(values.Text(Server.Name), out Guid server) ? server : null;

    internal sealed record Forgotten(string Server);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Forgotten))]
    internal sealed partial class ForgottenJson : JsonSerializerContext;
}
