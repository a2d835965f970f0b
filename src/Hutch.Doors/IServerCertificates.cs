using System.Net.Security;

namespace Hutch.Doors;

/// <summary>The server's certificate, for doors that listen by themselves.</summary>
public interface IServerCertificates
{
    /// <summary>The SHA-256 of the certificate, as clients name it.</summary>
    string Fingerprint { get; }

    /// <summary>What is shown to a client that connects now: a certificate that was renewed is taken without a restart.</summary>
    SslServerAuthenticationOptions ForConnection();
}
