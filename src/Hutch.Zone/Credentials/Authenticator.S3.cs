using System.Net;
using Hutch.Model;
using Hutch.Model.Signatures;
using Hutch.Zone.Authorization;

namespace Hutch.Zone.Credentials;

public sealed partial class Authenticator
{
    /// <summary>The key of a refusal's detail: <see cref="UnknownKey"/> or <see cref="WrongSignature"/>.</summary>
    public const string ReasonDetail = "reason";

    public const string UnknownKey = "unknown-key";

    /// <summary>The signature does not match the request and the key.</summary>
    public const string WrongSignature = "wrong-signature";

    /// <summary>
    /// Returns the signer of a request to the S3 door. Failures are limited as for tokens. A known key with a right signature costs a
    /// lookup and one HMAC.
    /// </summary>
    public ValueTask<Result<S3Signer>> AuthenticateS3Async(S3Proof proof, IPAddress? address, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(proof);
        if (S3Keys.TokenIdOf(proof.AccessKey) is not string id)
        {
            return new ValueTask<Result<S3Signer>>(CountFailure(address, NoTokenAtAll, NoSuchKey(proof.AccessKey)));
        }

        ValueTask current = _changes.SyncViewAsync(ct);
        return current.IsCompletedSuccessfully
            ? FindS3Async(proof, id, address, ct)
            : FindS3AfterAsync(current, proof, id, address, ct);
    }

    private async ValueTask<Result<S3Signer>> FindS3AfterAsync(
        ValueTask current, S3Proof proof, string id, IPAddress? address, CancellationToken ct)
    {
        try
        {
            await current;
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.Unavailable)
        {
            if (TryRecall(id, address, out KnownCredential? entry)
                && JudgeS3(proof, entry, entry.Facts!, address).TryGet(out S3Signer? known, out _))
            {
                return known with { Caller = known.Caller.AsRemembered() };
            }

            throw;
        }

        return await FindS3Async(proof, id, address, ct);
    }

    private ValueTask<Result<S3Signer>> FindS3Async(S3Proof proof, string id, IPAddress? address, CancellationToken ct) =>
        _known.TryGetValue(id, out KnownCredential? entry)
            && entry.Facts is { } facts
            && entry.IsGoodFrom(address)
            ? new ValueTask<Result<S3Signer>>(JudgeS3(proof, entry, facts, address))
            : VerifyS3Async(proof, id, address, ct);

    private async ValueTask<Result<S3Signer>> VerifyS3Async(S3Proof proof, string id, IPAddress? address, CancellationToken ct)
    {
        _known.TryGetValue(id, out KnownCredential? entry);
        if (entry?.IsGoodFrom(address) != true && _limiter.CheckUnguessable(AttemptLimiter.AddressKey(address), id) is HutchError wait)
        {
            return wait;
        }

        long changed = Volatile.Read(ref _changed);
        CredentialFacts? facts = await _reader.LoadAsync(id, CredentialKind.Token, ct);
        return facts is null
            ? CountFailure(address, id, NoSuchKey(proof.AccessKey))
            : JudgeS3(proof, Remember(id, facts, changed), facts, address);
    }

    private Result<S3Signer> JudgeS3(S3Proof proof, KnownCredential entry, CredentialFacts facts, IPAddress? address)
    {
        if (facts.Token is not { S3Generation: not null } token)
        {
            return CountFailure(address, entry.Id, NoSuchKey(proof.AccessKey));
        }

        byte[] signingKey = proof.Day is { } day ? _s3Keys.SigningKey(token, day) : [];
        bool Verify(string stringToSign) => proof.Day is null
            ? _s3Keys.VerifyVersion2(token, stringToSign, proof.Signature)
            : SigV4.Verify(signingKey, stringToSign, proof.Signature);
        if (!Verify(proof.StringToSign) && !proof.OtherStringsToSign.Any(Verify))
        {
            return CountFailure(address, entry.Id, ErrorCode.Unauthenticated.With(
                "The signature does not match the request and the secret key. Check the secret key, the clock, "
                + "and that no proxy changes requests.",
                ReasonDetail,
                WrongSignature));
        }

        Result<Caller> state = StateOf(facts, entry);
        if (!state.IsOk)
        {
            return CountFailure(address, entry.Id, state.Error);
        }

        entry.NoteGood(address);
        NoteUse(entry, facts);
        return new S3Signer(state.Value, signingKey);
    }

    private static HutchError NoSuchKey(string accessKey) => ErrorCode.Unauthenticated.With(
        $"There is no access key {Display.Quote(accessKey)} here. Create one with `hutch token create --s3`.", ReasonDetail, UnknownKey);
}

/// <summary>The proof of a request to the S3 door.</summary>
/// <param name="Day">The scope of the signing key; null in Signature Version 2, where the secret itself signs.</param>
/// <param name="Signature">The signature in hex; in base64 in Signature Version 2.</param>
/// <param name="OtherStringsToSign">
/// The strings that clients with known errors sign (git-annex omits the port of the host); evaluated only when the first does not match.
/// </param>
public sealed record S3Proof(
    string AccessKey, S3Day? Day, string StringToSign, string Signature, IEnumerable<string> OtherStringsToSign);

/// <param name="Date">The day of a signature's scope, as <c>20130524</c>.</param>
public sealed record S3Day(string Date, string Region);

/// <param name="SigningKey">The key of that day and region, for chunks of the same request; empty in Signature Version 2.</param>
public sealed record S3Signer(Caller Caller, ReadOnlyMemory<byte> SigningKey);
