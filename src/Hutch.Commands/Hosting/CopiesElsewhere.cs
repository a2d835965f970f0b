using Hutch.Client.Configuration;
using Hutch.Model.Zone;
using Hutch.Objects.Http;

namespace Hutch.Commands.Hosting;

/// <summary>
/// While the zone of a login does not answer, names the sites that do and have the dataset of a command: those for which a login is kept.
/// </summary>
internal sealed class CopiesElsewhere(CliContext context)
{
    private const int MaxAsked = 10;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Waits for the answer of the server about a dataset, and names another site when it does not come soon.</summary>
    internal async Task<T> WatchAsync<T>(Task<T> request, string? dataset, CancellationToken cancellationToken)
    {
        using var answered = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bool isLate = await Task.WhenAny(request, Task.Delay(Soon, context.Host.Time, answered.Token)) != request;
        await answered.CancelAsync();
        if (isLate)
        {
            await NameAsync(dataset, cancellationToken);
        }

        try
        {
            return await request;
        }
        catch (ServerUnreachableException) when (!isLate)
        {
            await NameAsync(dataset, cancellationToken);
            throw;
        }
    }

    private async Task NameAsync(string? dataset, CancellationToken cancellationToken)
    {
        string here = RemoteAddress.Key(context.ServerConnection.Remote);
        if (dataset is null || context.NamesServer || !DatasetRef.Parse(dataset).TryGet(out DatasetRef reference, out _))
        {
            return;
        }

        string bare = reference.Snapshot is null ? dataset : dataset[..dataset.IndexOf('@', StringComparison.Ordinal)];
        foreach ((string address, RemoteConfig login) in UserConfig.Load(context.UserConfigPath).Remotes
            .Where(one => one.Value.LoginOf == here && one.Value.Token is not null && one.Value.Expires > context.Host.Time.GetUtcNow())
            .Take(MaxAsked))
        {
            if (await HasAsync(address, login, bare, cancellationToken))
            {
                context.WriteNote($"{here} does not answer. {login.Site} has all of {bare}: add `--remote {address}`.");
                return;
            }
        }
    }

    private async Task<bool> HasAsync(string address, RemoteConfig login, string dataset, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(AnswerTimeout, context.Host.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using HutchClient client = context.OpenBriefly(new Uri(address), login.Token!, login.Trust);
            DatasetInfo found = await client.ResolveAsync(dataset, either.Token);
            CopyList copies = await client.GetCopiesAsync(found.Id, either.Token);
            return copies.Home == login.Site
                || copies.Items.Any(copy => copy.Site == login.Site && copy.State == CopyStates.Complete);
        }
        catch (Exception e) when (e is HutchException or ServerUnreachableException or BadAnswerException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }
}
