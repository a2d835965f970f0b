namespace Hutch.Messaging.RabbitMq;

/// <summary>The RabbitMQ broker: section <c>bus</c> of the configuration. Without an address the bus is inside the process.</summary>
public sealed partial class BusOptions : IValidatableObject
{
    /// <summary>
    /// The RabbitMQ broker, such as `amqps://rabbit.example.org/zocalo`: the path is the virtual host. Without it the bus is inside the
    /// server. User and password have separate options.
    /// </summary>
    public string? Url { get; init; }

    /// <summary>The user at the broker.</summary>
    [Required]
    public string User { get; init; } = "guest";

    /// <summary>The password of the user.</summary>
    [PasswordPropertyText(true)]
    public string? Password { get; init; }

    /// <summary>
    /// Prefix of the names of all queues and exchanges, before a dot: letters, digits, dashes. It separates trials from the queues of
    /// production; none when empty.
    /// </summary>
    public string Namespace { get; init; } = "";

    /// <summary>
    /// The queues that recipes of users may send to, by their names at the broker; a star at the end matches any rest. Default: none.
    /// </summary>
    public IReadOnlyList<string> RecipeQueues { get; init; } = [];

    /// <summary>
    /// A queue that gets a message for each result row of every run; the namespace is put before its name. Default: none.
    /// </summary>
    public string? ResultQueue { get; init; }

    /// <summary>The longest time of an attempt to connect, seconds.</summary>
    [Range(1, 600)]
    public int ConnectTimeoutSeconds { get; init; } = 10;

    /// <summary>Seconds before a failed connection is retried; at the start it doubles with each failure.</summary>
    [Range(1, 60)]
    public int RetrySeconds { get; init; } = 1;

    /// <summary>The longest wait between two attempts to connect at the start, seconds.</summary>
    [Range(1, 3600)]
    public int MaxRetrySeconds { get; init; } = 30;

    /// <summary>True if there is a broker.</summary>
    [Browsable(false)]
    public bool IsOn => !string.IsNullOrWhiteSpace(Url);

    /// <summary>The broker without anything secret, for messages.</summary>
    [Browsable(false)]
    public string Shown => !IsOn ? "" : $"{Address.Scheme}://{Address.Host}:{Port}" + (VirtualHost == "/" ? "" : "/" + VirtualHost);

    internal Uri Address => new(Url!);

    internal int Port => Address.Port > 0 ? Address.Port : IsEncrypted ? 5671 : 5672;

    internal bool IsEncrypted => Address.Scheme == "amqps";

    /// <summary>The path of the address, unescaped; <c>/</c> where there is none.</summary>
    internal string VirtualHost => Address.AbsolutePath.Length > 1 ? Uri.UnescapeDataString(Address.AbsolutePath[1..]) : "/";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!NamespacePattern().IsMatch(Namespace))
        {
            yield return new ValidationResult($"'namespace' is '{Namespace}': it may have letters, digits and dashes, at most 64.");
        }

        foreach (string wrong in RecipeQueues.Where(static queue => !QueuePattern().IsMatch(queue)))
        {
            yield return new ValidationResult($"'recipeQueues' has '{wrong}': name a queue, or the beginning of its name and a star.");
        }

        if (!IsOn)
        {
            yield break;
        }

        if (!Uri.TryCreate(Url, UriKind.Absolute, out Uri? url) || url.Scheme is not ("amqp" or "amqps") || url.Host.Length == 0)
        {
            yield return new ValidationResult("'url' must be amqp://HOST:PORT/VHOST or amqps://HOST:PORT/VHOST.");
            yield break;
        }

        if (url.UserInfo.Length > 0)
        {
            yield return new ValidationResult("'url' has a user or a password in it: set 'user' and 'passwordFile' instead.");
        }

        if (url.Query.Length > 0 || url.Fragment.Length > 0 || url.AbsolutePath.LastIndexOf('/') > 0)
        {
            yield return new ValidationResult("'url' has more than a virtual host behind the host; write a slash in its name as %2F.");
        }

        if (Password is null)
        {
            yield return new ValidationResult(
                "'password' is missing: set 'passwordFile' to a file with the password of the broker's user.");
        }
    }

    [GeneratedRegex("^[^*]{1,200}$|^[^*]{0,200}[*]$")]
    private static partial Regex QueuePattern();

    [GeneratedRegex("^[A-Za-z0-9-]{0,64}$")]
    private static partial Regex NamespacePattern();
}
