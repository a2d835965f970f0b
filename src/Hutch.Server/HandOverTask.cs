using System.Text.Json.Serialization;
using Hutch.Model.Maintenance;
using Hutch.Model.Parameters;

namespace Hutch.Server;

/// <summary>
/// <c>handOver</c>: copies what a move lacks until the rest is small, and then has the server close for the last increment. For
/// administrators, as it moves the site to the place that they name.
/// </summary>
/// <param name="options">Of this server.</param>
/// <param name="locations">Reads configurations.</param>
/// <param name="seal">Seals the open segments, which each pass would copy as a whole otherwise.</param>
/// <param name="begin">Called when the server is to close.</param>
internal sealed partial class HandOverTask(
    ServeOptions options, ILocationReader locations, BackupWriter writer, Func<CancellationToken, Task> seal, Action<HandOver> begin)
    : IMaintenanceTask
{
    public const string Kind = "handOver";
    public const string FolderName = "folder";
    public const string ToName = "to";

    private const int MaxPasses = 5;

    /// <summary>A pass that takes less time leaves a small rest.</summary>
    private static readonly TimeSpan ShortPass = TimeSpan.FromMilliseconds(400);

    public TaskDeclaration Declaration { get; } = new()
    {
        Kind = Kind,
        Description = "End a move of the site: `hutch migrate --hand-over` starts it.",
        Starter = TaskStarter.Administrator,
        Parameters =
        [
            new()
            {
                Name = FolderName,
                Title = "Folder",
                Kind = ValueKind.Text,
                Description = "The backup folder of the move: an absolute path on the disk of the server.",
            },
            new()
            {
                Name = ToName,
                Title = "New place",
                Kind = ValueKind.Text,
                Description = "The configuration of the new place: an absolute path on the disk of the server.",
            },
        ],
        CheckTogether = static values => values.Text(FolderName) is { } folder && values.Text(ToName) is { } to
            && Path.IsPathFullyQualified(folder) && Path.IsPathFullyQualified(to)
                ? null
                : ErrorCode.BadRequest.With($"'{FolderName}' or '{ToName}' is missing: give absolute paths on the server."),
    };

    public async Task<JobOutcome> RunAsync(ParameterValues values, Action<double> progress, CancellationToken cancellationToken)
    {
        (string through, string to) = (values.Text(FolderName)!, values.Text(ToName)!);
        if (!SiteMove.TakePermission(options.DataFolder, through, to))
        {
            throw ErrorCode.Forbidden.With(
                "The operator has not asked for this move on the machine of the server: `hutch migrate --hand-over` does so there.")
                .ToException();
        }

        (ServeOptions target, ISharedLocation? location) = locations.Read(to);
        var move = new SiteMove(options, locations.Own, target, location, through);
        if ((move.FindRefusal() ?? FindOtherDoors(target) ?? FindProblem(target)) is { } refusal)
        {
            throw refusal.ToException();
        }

        try
        {
            await CopyAsync(move, through, progress, cancellationToken);
        }
        catch
        {
            await move.DisposeAsync();
            throw;
        }

        begin(new HandOver(move, target));
        return JobOutcome.From("The rest is small: the site is handed over.", true, HandOverJson.Default.Boolean);
    }

    private async Task CopyAsync(SiteMove move, string through, Action<double> progress, CancellationToken cancellationToken)
    {
        for (int pass = 1; pass <= MaxPasses; pass++)
        {
            long start = options.Time.GetTimestamp();
            await seal(cancellationToken);
            _ = (await writer.CreateAsync(new BackupRequest(through, WithKeys: true), static _ => { }, cancellationToken)).Value;
            _ = (await move.CatchUpAsync(pass == 1 && !move.IsChecked, static _ => { }, cancellationToken)).Value;
            progress((double)pass / MaxPasses);
            if (pass > 1 && options.Time.GetElapsedTime(start) < ShortPass)
            {
                break;
            }
        }
    }

    private HutchError? FindOtherDoors(ServeOptions target) => Doors(target) == Doors(options)
        ? null
        : ErrorCode.BadConfiguration.With(
            $"The new configuration listens at {Doors(target)}, and this server at {Doors(options)}: clients would not find it. Give both "
            + "the same addresses, or end the move with a stop.");

    private static HutchError? FindProblem(ServeOptions target) => StartChecks.FindProblems(target) is [var first, ..]
        ? ErrorCode.BadConfiguration.With(first)
        : null;

    private static string Doors(ServeOptions options) => string.Join(
        ", ", new[] { options.HttpAddress, options.HttpsAddress, options.S3?.Address, options.S3?.Https }.OfType<string>());

    [JsonSerializable(typeof(bool))]
    private sealed partial class HandOverJson : JsonSerializerContext;
}
