using System.Threading.RateLimiting;

namespace Hutch.Messaging.RabbitMq;

/// <summary>A channel with confirms. It is used until it is lost, and not again when the library brings it back.</summary>
internal sealed class PublishingChannel(CancellationToken connectionLost) : IAsyncDisposable
{
    private const int MaxUnconfirmed = 1024;

    private readonly CancellationTokenSource _lost = CancellationTokenSource.CreateLinkedTokenSource(connectionLost);
    private readonly ConcurrencyLimiter _unconfirmed = new(
        new ConcurrencyLimiterOptions { PermitLimit = MaxUnconfirmed, QueueLimit = int.MaxValue });

    /// <summary>The channel, once it is open.</summary>
    public IChannel Channel { get; private set; } = null!;

    /// <summary>Cancelled when the channel is lost: pending messages will not be confirmed.</summary>
    public CancellationToken Lost => _lost.Token;

    public bool IsOpen => !_lost.IsCancellationRequested;

    /// <summary>The reason of the close; null if the connection went and came back.</summary>
    public ShutdownEventArgs? CloseReason { get; private set; }

    public async Task OpenAsync(BrokerConnection connection, CancellationToken cancellationToken)
    {
        Channel = await connection.OpenChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, _unconfirmed),
            cancellationToken);
        Channel.ChannelShutdownAsync += OnShutdownAsync;
        if (!Channel.IsOpen)
        {
            await _lost.CancelAsync();
        }
    }

    /// <summary>That the broker closed it over a message that is not allowed.</summary>
    public InvalidOperationException Refusal() => new($"The broker refused a message: {CloseReason?.ReplyText}");

    public async ValueTask DisposeAsync()
    {
        if (Channel is not null)
        {
            await Channel.DisposeAsync();
        }

        await _unconfirmed.DisposeAsync();
        await _lost.CancelAsync();
    }

    private async Task OnShutdownAsync(object sender, ShutdownEventArgs reason)
    {
        CloseReason = reason;
        await _lost.CancelAsync();
    }
}
