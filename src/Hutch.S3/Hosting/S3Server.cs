using Hutch.S3.Observation;
using Hutch.S3.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hutch.S3.Hosting;

/// <summary>The S3 door: its own listener in the process of the server, with nothing between the connection and the operations.</summary>
public sealed class S3Server : IHostedService, IDoor, IAsyncDisposable
{
    private readonly S3Options _options;
    private readonly WebApplication _app;
    private readonly S3Metrics _metrics = new();
    private readonly IServerCertificates? _certificates;
    private readonly Action<string>? _notice;

    internal S3Server(
        S3Context context, IMemoryPoolFactory<byte>? memory,
        IServerCertificates? certificates, ILoggerFactory loggers, Action<string>? notice, ListenSockets? sockets)
    {
        _options = context.Options;
        _certificates = certificates;
        _notice = notice;
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "hutch-s3" });
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(_options.StopSeconds));
        sockets?.Use(builder.Services);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, _options, certificates));
        if (memory is not null)
        {
            // Registered after Kestrel's own, which it replaces.
            builder.Services.AddSingleton(memory);
        }

        _app = builder.Build();
        var pipeline = new S3Pipeline(context, _metrics, loggers.CreateLogger<S3Pipeline>());
        _app.Run(pipeline.AnswerAsync);
    }

    /// <summary>The address that it listens on, such as <c>http://127.0.0.1:8471</c>; known once it has started.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    public Uri? SecureAddress { get; private set; }

    public string Name => "S3";

    public IReadOnlyList<Uri> Addresses => SecureAddress is null ? [Address] : [Address, SecureAddress];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _app.StartAsync(cancellationToken);
        (Uri? plain, SecureAddress) = KestrelSetup.Addresses(_app.Services);
        Address = plain!;
        _notice?.Invoke($"S3 at {Address.GetLeftPart(UriPartial.Authority)} (keys: hutch token create --s3).");
        if (SecureAddress is not null)
        {
            _notice?.Invoke(
                $"S3 over HTTPS at {SecureAddress.GetLeftPart(UriPartial.Authority)}, certificate {_certificates!.Fingerprint}.");
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _metrics.Dispose();
    }

    private static void Configure(KestrelServerOptions kestrel, S3Options options, IServerCertificates? certificates)
    {
        KestrelSetup.Limit(kestrel, options);
        kestrel.Listen(S3Module.ParseAddress(options.Address), listen => listen.Protocols = HttpProtocols.Http1);
        if (options.Https is { } secure)
        {
            IServerCertificates shown = certificates ?? throw new InvalidOperationException("The host gives no certificate.");
            TlsHandshakeCallbackOptions callback = KestrelSetup.Handshake(shown);
            kestrel.Listen(S3Module.ParseAddress(secure), listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.UseHttps(callback);
            });
        }
    }

    /// <summary>The host around it decides when it stops.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
