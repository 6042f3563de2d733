using System.Net;
using System.Net.Sockets;

namespace SegBridge.Tests.Archives;

/// <summary>A wire to a port of this computer that can be cut: after so many bytes from there, once, or for good.</summary>
internal sealed class CuttingWire : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _to;
    private readonly bool _forGood;
    private long _left;

    public CuttingWire(int to, long cutAfter, bool forGood)
    {
        (_to, _left, _forGood) = (to, cutAfter, forGood);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    public bool IsCut => Interlocked.Read(ref _left) <= 0;

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                _ = ServeAsync(client);
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            await server.ConnectAsync(IPAddress.Loopback, _to);
            _ = PassAsync(client.GetStream(), server.GetStream(), _ => true);
            await PassAsync(server.GetStream(), client.GetStream(), GoOn);
        }
    }

    private bool GoOn(int bytes)
    {
        var wasCut = IsCut;
        if (Interlocked.Add(ref _left, -bytes) > 0 || (wasCut && !_forGood))
        {
            return true;
        }

        if (_forGood)
        {
            _listener.Stop();
        }

        return false;
    }

    private static async Task PassAsync(NetworkStream from, NetworkStream to, Func<int, bool> goOn)
    {
        var bytes = new byte[16 << 10];
        try
        {
            for (int read; (read = await from.ReadAsync(bytes)) > 0 && goOn(read);)
            {
                await to.WriteAsync(bytes.AsMemory(0, read));
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
        }
    }
}
