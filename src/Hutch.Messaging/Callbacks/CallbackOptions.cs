namespace Hutch.Messaging.Callbacks;

/// <summary>Section <c>callbacks</c> of the configuration: the hosts that may receive results by HTTP, and the limits of it.</summary>
public sealed class CallbackOptions : IValidatableObject
{
    /// <summary>
    /// The addresses to which runs may send their results: `https://HOST/PATH` with everything below the path, or `HOST:PORT` with every
    /// path there, by HTTPS or HTTP. List an address of this machine or of its own link (127.0.0.1, 169.254.0.0/16, …) as such: a name that
    /// leads to one is refused.
    /// </summary>
    public IReadOnlyList<string> Allow { get; init; } = [];

    /// <summary>
    /// The secret that signs requests, so that receivers can verify the sender: 24 to 64 random bytes in Base64, with or without `whsec_`
    /// before them. Requests are not signed without it.
    /// </summary>
    [PasswordPropertyText(true)]
    public string? Secret { get; init; }

    /// <summary>The longest time of a receiver for one request, seconds.</summary>
    [Range(1, 300)]
    public int TimeoutSeconds { get; init; } = 10;

    /// <summary>Milliseconds before a failed request is retried; doubled with each failure.</summary>
    [Range(1, 60_000)]
    public int RetryMilliseconds { get; init; } = 1000;

    /// <summary>The longest wait between two attempts, seconds.</summary>
    [Range(1, 3600)]
    public int MaxRetrySeconds { get; init; } = 30;

    /// <summary>
    /// Seconds for which a run whose rows are all written waits for a receiver that accepts none. Then it ends and reports the number of
    /// missing rows. Before that, it retries without limit.
    /// </summary>
    [Range(0, 86_400)]
    public int GiveUpSeconds { get; init; } = 120;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (HutchError wrong in Allow.Select(text => AllowedAddress.Parse(text).Error).OfType<HutchError>())
        {
            yield return new ValidationResult($"'allow' has {wrong.Message}");
        }

        if (Secret is not null && CallbackSignature.ParseSecret(Secret) is null)
        {
            yield return new ValidationResult(
                "'secret' must be 24 to 64 random bytes in Base64; `openssl rand -base64 32` makes one.");
        }
    }
}
