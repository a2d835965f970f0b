using Hutch.Federation.Wire;
using Hutch.Zone.Credentials;

namespace Hutch.Federation.Links;

/// <summary>
/// Has the zone send the signing keys that this site lacks: at the start, after changes of S3 keys, and on a new day. One request at a
/// time, between two beats.
/// </summary>
internal sealed class SigningKeyFetch(SigningKeys keys, ISitePeer peer, TimeProvider time)
{
    /// <summary>The time until keys that the zone did not send, or could not, are asked for again.</summary>
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMinutes(1);

    private readonly AnswerTimeout _timeout = new(TimeSpan.FromSeconds(3), time);
    private readonly Queue<string> _lacking = [];
    private bool _isStale = true;
    private DateOnly _day;
    private long? _failedAt;

    /// <summary>Notes that S3 keys have changed.</summary>
    public void Invalidate() => _isStale = true;

    /// <summary>Asks for some of the missing keys, if there are any; returns true if more are missing.</summary>
    public async ValueTask<bool> ContinueAsync(string address, CancellationToken ct)
    {
        if (_isStale || _day != keys.Today() || (_failedAt is { } at && time.GetElapsedTime(at) >= AskAgainAfter))
        {
            (_isStale, _day, _failedAt) = (false, keys.Today(), null);
            _lacking.Clear();
            foreach (string token in await keys.FindLackingAsync(ct))
            {
                _lacking.Enqueue(token);
            }

            // The first answer also brings the region of this site.
            if (_lacking.Count == 0 && keys.Region is not null)
            {
                return false;
            }
        }
        else if (_lacking.Count == 0)
        {
            return false;
        }

        var asked = new List<string>();
        while (asked.Count < SiteProtocol.MaxSigningKeys && _lacking.TryDequeue(out string? token))
        {
            asked.Add(token);
        }

        bool isDone = await AskAsync(address, asked, ct);
        _failedAt = isDone ? _failedAt : time.GetTimestamp();
        return _lacking.Count > 0;
    }

    /// <summary>Returns false if the zone did not answer, or without some of the keys.</summary>
    private async Task<bool> AskAsync(string address, List<string> tokens, CancellationToken ct)
    {
        var request = new SigningKeysRequest { Tokens = tokens };
        Result<SigningKeysAnswer> answer = await _timeout.CallAsync(peer, address, PeerCalls.SigningKeys, request, ct);
        if (!answer.IsOk || !IsRegion(answer.Value.Region))
        {
            return false;
        }

        DerivedKey[] taken =
        [
            .. answer.Value.Keys.Select(static one => DerivedKey.Read(one.Token, one.Key, one.First, Base64Field.Read(one.Bytes)))
                .OfType<DerivedKey>().Where(key => tokens.Contains(key.Token)),
        ];
        keys.Take(answer.Value.Region, taken);
        return taken.Length == tokens.Count && taken.All(key => key.ReachesAhead(keys.Today()));
    }

    private static bool IsRegion(string region) =>
        region.Length is > 0 and <= 63 && region.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
