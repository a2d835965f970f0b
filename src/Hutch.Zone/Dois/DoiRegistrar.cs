using Hutch.Model.Publications;

namespace Hutch.Zone.Dois;

/// <summary>
/// Brings the DOI service in line with the publications of this zone. It looks up each due DOI at the service and makes the missing
/// changes. A lost response, an interruption or a restored backup therefore costs a request, never a second DOI. Several servers of a zone
/// divide the DOIs among them.
/// </summary>
public sealed partial class DoiRegistrar(
    ZoneDatabase zone, DoiOptions options, TimeProvider time, ILogger<DoiRegistrar> logger) : IDisposable
{
    private const int AtOnce = 50;

    private static readonly TimeSpan AwayStep = TimeSpan.FromSeconds(5);

    private readonly DataCiteClient? _service = options.IsOn ? new DataCiteClient(options, time) : null;
    private int _failures;

    /// <summary>The time for which a DOI is reserved for one server, which sends at most two requests for it.</summary>
    private TimeSpan Lease => TimeSpan.FromSeconds(options.TimeoutSeconds * 2 + 60);

    /// <summary>Registers until cancelled; returns at once when no DOIs are assigned.</summary>
    public async Task RunAsync(IDoiTexts texts, CancellationToken ct)
    {
        while (options.IsOn)
        {
            try
            {
                long seen = zone.Version;
                if (await ProcessDueAsync(texts, ct) is { } pause)
                {
                    await Task.Delay(pause, time, ct);
                }
                else
                {
                    await WaitAsync(seen, ct);
                }
            }
            catch (HutchException e)
            {
                LogRecordsAway(e.Error.Message);
                await Task.Delay(AwayStep, time, ct);
            }
        }
    }

    public void Dispose() => _service?.Dispose();

    /// <summary>Processes every due DOI; returns the delay before the next request when the service fails.</summary>
    internal async Task<TimeSpan?> ProcessDueAsync(IDoiTexts texts, CancellationToken ct)
    {
        while (true)
        {
            IReadOnlyList<DoiRecord> due = await zone.ReadAsync(static tables => tables.Dois.Due(AtOnce), ct);
            foreach (DoiRecord doi in due)
            {
                DateTimeOffset until = time.GetUtcNow() + Lease;
                if (await zone.KeepAsync(tables => tables.Dois.TryLease(doi.Doi, until), ct)
                    && await ProcessAsync(doi, until, texts, ct) is { } pause)
                {
                    return pause;
                }
            }

            if (due.Count < AtOnce)
            {
                return null;
            }
        }
    }

    private async Task<TimeSpan?> ProcessAsync(DoiRecord doi, DateTimeOffset taken, IDoiTexts texts, CancellationToken ct)
    {
        DoiText? text = await texts.WriteAsync(doi, ct);
        DoiState wanted = text is null ? DoiState.Draft : text.IsListed ? DoiState.Findable : DoiState.Registered;
        string digest = Hash(wanted, text);
        if (doi.State == wanted && doi.Told == digest)
        {
            await RecordOutcomeAsync(doi, taken, wanted, digest, ct);
            return null;
        }

        DataCiteAnswer answer = await UpdateAsync(doi, wanted, text, ct);
        if (answer.Trouble is { } trouble)
        {
            return await FailAsync(doi, taken, trouble, ct);
        }

        _failures = 0;
        await RecordOutcomeAsync(doi, taken, answer.State!.Value, digest, CancellationToken.None);
        LogSettled(doi.Doi, answer.State.Value);
        return null;
    }

    private async Task<DataCiteAnswer> UpdateAsync(DoiRecord doi, DoiState wanted, DoiText? text, CancellationToken ct)
    {
        DataCiteAnswer found = await _service!.FindAsync(doi.Doi, ct);
        if (found.Trouble is not null)
        {
            return found;
        }

        if (found.State is { } there && CheckOwnership(doi, there, found.Url, text) is { } reason)
        {
            return new DataCiteAnswer { Trouble = reason };
        }

        DataCiteAnswer done = found.State is null
            ? await _service.CreateAsync(doi.Doi, Action(null, wanted), text, ct)
            : text is null ? found
            : await _service.ChangeAsync(doi.Doi, Action(found.State, wanted), text, ct);

        // A service that knows no way from one state to the other leaves it and says so, without an error.
        return done.Trouble is null && done.State != wanted
            ? new DataCiteAnswer
            {
                Trouble = new DataCiteTrouble(
                    $"The DOI is {NameOf(done.State)} at the DOI service, where it must be {NameOf(wanted)}.", IsOfService: false),
            }
            : done;
    }

    /// <summary>
    /// Checks that an unconfirmed DOI is ours: it is a draft without a page, or has the right page. Then an earlier response was lost, or a
    /// backup was restored. Any other DOI belongs to someone else and stays unchanged.
    /// </summary>
    private static DataCiteTrouble? CheckOwnership(DoiRecord doi, DoiState there, string? url, DoiText? text) =>
        doi.State != DoiState.Pending || (there == DoiState.Draft && string.IsNullOrEmpty(url)) || (text is not null && url == text.Url)
            ? null
            : new DataCiteTrouble(
                $"The DOI is in use at the DOI service already, for {Display.Quote(url)}: the operator must check 'dois.shoulder'.",
                IsOfService: false);

    private static string? Action(DoiState? there, DoiState wanted) => (there, wanted) switch
    {
        (_, DoiState.Draft) => null,
        (DoiState.Findable, DoiState.Registered) => "hide",
        (DoiState.Registered, DoiState.Registered) => null,
        (_, DoiState.Registered) => "register",
        (DoiState.Findable, _) => null,
        _ => "publish",
    };

    private static string NameOf(DoiState? state) => state switch
    {
        DoiState.Draft => "a draft",
        DoiState.Registered => "registered",
        DoiState.Findable => "findable",
        _ => "unknown",
    };

    private static string Hash(DoiState wanted, DoiText? text)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{wanted} {text?.Url}\n")));
        hash.AppendData(text?.Xml ?? []);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Stores the state of a DOI. The publication changes for readers when the DOI first resolves to it.</summary>
    private async ValueTask RecordOutcomeAsync(DoiRecord doi, DateTimeOffset taken, DoiState state, string digest, CancellationToken ct)
    {
        DateTimeOffset next = time.GetUtcNow() + TimeSpan.FromHours(options.CompareHours);
        _ = await zone.KeepAsync(
            tables =>
            {
                tables.Dois.RecordOutcome(doi.Doi, taken, state, digest, next);
                if (!doi.IsCitable && state is DoiState.Registered or DoiState.Findable)
                {
                    tables.Publications.SetChanged(doi.Dataset, doi.IsSeries);
                }

                return true;
            },
            ct);
    }

    private async Task<TimeSpan?> FailAsync(DoiRecord doi, DateTimeOffset taken, DataCiteTrouble trouble, CancellationToken ct)
    {
        var longest = TimeSpan.FromSeconds(options.MaxRetrySeconds);
        TimeSpan wait = longest;
        if (trouble.IsOfService)
        {
            TimeSpan least = RetryPolicy.Between(options.RetrySeconds, options.MaxRetrySeconds).DelayAfter(++_failures);
            wait = trouble.After > least ? trouble.After.Value : least;
            wait = wait > longest ? longest : wait;
        }

        DateTimeOffset next = time.GetUtcNow() + wait;
        _ = await zone.KeepAsync(
            tables =>
            {
                tables.Dois.Fail(doi.Doi, taken, trouble.Words, next);
                return true;
            },
            ct);
        LogFailed(doi.Doi, wait.TotalSeconds, trouble.Words);
        return trouble.IsOfService ? wait : null;
    }

    /// <summary>Waits until the next DOI is due or the zone changes, because a change may have made one due.</summary>
    private async Task WaitAsync(long seen, CancellationToken ct)
    {
        DateTimeOffset? next = await zone.ReadAsync(static tables => tables.Dois.NextDue(), ct);
        TimeSpan wait = next - time.GetUtcNow() ?? Timeout.InfiniteTimeSpan;
        try
        {
            await zone.WaitForChangeAsync(seen, ct).WaitAsync(
                next is null || wait > TimeSpan.Zero ? wait : TimeSpan.Zero, time, ct);
        }
        catch (TimeoutException)
        {
            // The time has come.
        }
    }
}
