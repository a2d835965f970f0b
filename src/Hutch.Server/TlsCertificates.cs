using System.Diagnostics.Metrics;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Hutch.Model.Sites;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Server;

/// <summary>The server's certificate: given, and read again when it changes, or made once and kept in the data folder.</summary>
internal sealed partial class TlsCertificates : IServerCertificates, IDisposable
{
    private const int MaxFileBytes = 1 << 20;

    private readonly string _certificateFile;
    private readonly string _keyFile;
    private readonly TimeSpan _lookEvery;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly Meter _meter = new("Hutch.Api.Tls");
    private byte[] _text = [];
    private Loaded _loaded;
    private DateTimeOffset _nextLook;

    private TlsCertificates(string certificateFile, string keyFile, TimeSpan lookEvery, TimeProvider time, ILogger logger)
    {
        _certificateFile = certificateFile;
        _keyFile = keyFile;
        _lookEvery = lookEvery;
        _time = time;
        _logger = logger;
        _text = ReadFiles();
        _loaded = Load(_text);
        _nextLook = time.GetUtcNow() + lookEvery;
        _meter.CreateObservableGauge(
            "hutch.tls.expires.seconds", () => (_loaded.Certificate.NotAfter.ToUniversalTime() - time.GetUtcNow().UtcDateTime).TotalSeconds,
            "s", "Time until the certificate expires");
    }

    /// <summary>True if the server made the certificate itself: then clients need its fingerprint.</summary>
    public bool IsOwn { get; private init; }

    public X509Certificate2 Certificate => _loaded.Certificate;

    /// <summary>The SHA-256 of the certificate, as clients name it.</summary>
    public string Fingerprint => FingerprintOf(_loaded.Certificate);

    /// <summary>Opens the certificate of a server; makes one when none is given and none was made before.</summary>
    public static TlsCertificates Open(ServeOptions options, string dataFolder, IReadOnlyList<string> names, ILogger logger)
    {
        TlsOptions tls = options.Tls;
        var lookEvery = TimeSpan.FromSeconds(tls.LookEverySeconds);
        if (tls.CertificateFile is { } given)
        {
            return new TlsCertificates(given, tls.KeyFile ?? given, lookEvery, options.Time, logger);
        }

        (string certificate, string key) = OwnCertificate.Ensure(LocalDisk.Instance, dataFolder, names, options.Time);
        return new TlsCertificates(certificate, key, lookEvery, options.Time, logger) { IsOwn = true };
    }

    /// <summary>Reads the certificate that the options name, if any.</summary>
    /// <exception cref="HutchException">It is none, or its key does not fit.</exception>
    internal static void RequireReadable(ServeOptions options)
    {
        if (options.Tls.CertificateFile is not null && (options.HttpsAddress is not null || options.NeedsCertificate))
        {
            Open(options, options.DataFolder, [], NullLogger.Instance).Dispose();
        }
    }

    public SslServerAuthenticationOptions ForConnection() => new() { ServerCertificateContext = Current().Context };

    public void Dispose()
    {
        _meter.Dispose();
        _loaded.Certificate.Dispose();
    }

    internal static string FingerprintOf(X509Certificate2 certificate) =>
        CertificateFingerprint.Format(SHA256.HashData(certificate.RawData));

    private Loaded Current()
    {
        lock (_lock)
        {
            if (_time.GetUtcNow() >= _nextLook)
            {
                _nextLook = _time.GetUtcNow() + _lookEvery;
                Reload();
            }

            return _loaded;
        }
    }

    private void Reload()
    {
        try
        {
            byte[] text = ReadFiles();
            if (!text.AsSpan().SequenceEqual(_text))
            {
                // Connections that are being made may still use the one before: it is left to the garbage collector.
                _loaded = Load(text);
                _text = text;
                LogChanged(_logger, _certificateFile, _loaded.Certificate.NotAfter);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or HutchException)
        {
            // In the middle of a renewal, perhaps: the one before is good until it ends.
            LogUnreadable(_logger, _certificateFile, e);
        }
    }

    private byte[] ReadFiles()
    {
        byte[] certificate = LocalDisk.Instance.ReadAllBytes(_certificateFile, MaxFileBytes);
        return _keyFile == _certificateFile
            ? certificate
            : [.. certificate, (byte)'\n', .. LocalDisk.Instance.ReadAllBytes(_keyFile, MaxFileBytes)];
    }

    private Loaded Load(byte[] bytes)
    {
        string text = Encoding.UTF8.GetString(bytes);
        try
        {
            var certificate = X509Certificate2.CreateFromPem(text, text);
            var others = new X509Certificate2Collection();
            others.ImportFromPem(text);
            return new Loaded(certificate, SslStreamCertificateContext.Create(certificate, others, offline: true));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw ErrorCode.Unprocessable.With(
                $"{Display.Quote(_certificateFile)} and {Display.Quote(_keyFile)} are not a PEM certificate and its private key: "
                + $"{e.Message}").ToException();
        }
    }

    [LoggerMessage(
        EventId = 4003, Level = LogLevel.Information, Message = "Reloaded the certificate {File}; it is valid until {Until}")]
    private static partial void LogChanged(ILogger logger, string file, DateTime until);

    [LoggerMessage(
        EventId = 4004, Level = LogLevel.Warning,
        Message = "Cannot reload the certificate {File}; the previous one stays in use")]
    private static partial void LogUnreadable(ILogger logger, string file, Exception exception);

    private sealed record Loaded(X509Certificate2 Certificate, SslStreamCertificateContext Context);
}
