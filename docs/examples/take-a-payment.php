<?php
// Takes a payment end to end with the official PHP SDK, v2: create, wait for the signed notification, query, refund a part.
//
//   php take-a-payment.php SDK card.json app_private_key.txt [--aes]
//
// SDK is the folder of alipay-sdk-php-all that holds aop (v2/aop). card.json is what `souk app create … --json` printed.
error_reporting(E_ALL & ~E_DEPRECATED & ~E_WARNING & ~E_NOTICE);
[, $sdk, $cardFile, $keyFile] = $argv;
$aes = in_array('--aes', $argv, true);
foreach (['AopClient', 'AopCertClient', 'request/AlipayTradeCreateRequest', 'request/AlipayTradeQueryRequest', 'request/AlipayTradeRefundRequest'] as $file) {
    require_once "$sdk/$file.php";
}
$card = json_decode(file_get_contents($cardFile));

// The client: in certificate mode from the three files, else with the platform's public key. sign_type must be said: the SDK's own is RSA.
if (isset($card->files)) {
    $aop = new AopCertClient();
    $aop->alipayrsaPublicKey = $aop->getPublicKey("$card->files/alipayCertPublicKey_RSA2.crt");
    $aop->appCertSN = $aop->getCertSN("$card->files/appCertPublicKey_$card->appId.crt");
    $aop->alipayRootCertSN = $aop->getRootCertSN("$card->files/alipayRootCert.crt");
    $aop->isCheckAlipayPublicCert = true;
} else {
    $aop = new AopClient();
    $aop->alipayrsaPublicKey = $card->platformPublicKey;
}
$aop->gatewayUrl = $card->gateway;
$aop->appId = $card->appId;
$aop->rsaPrivateKey = preg_replace('/-----[^-]+-----|\s/', '', file_get_contents($keyFile));
$aop->signType = 'RSA2';
$aop->postCharset = 'utf-8';
$aop->format = 'json';
if ($aes) {
    $aop->encryptKey = $card->aesKey;
    $aop->encryptType = 'AES';
}

function call($aop, $request, array $biz, bool $aes, string $notifyUrl = '')
{
    $request->setBizContent(json_encode($biz, JSON_UNESCAPED_UNICODE));
    if ($aes) {
        $request->setNeedEncrypt(true);
    }
    if ($notifyUrl !== '') {
        $request->setNotifyUrl($notifyUrl);
    }
    $answer = $aop->execute($request);
    $node = $answer->{str_replace('.', '_', $request->getApiMethodName()) . '_response'} ?? $answer;
    if (($node->code ?? '') !== '10000') {
        throw new Exception($request->getApiMethodName() . ': ' . json_encode($node, JSON_UNESCAPED_UNICODE));
    }
    return $node;
}

// The notification: one connection is enough to show how it is checked.
$socket = stream_socket_server('tcp://127.0.0.1:0');
$notifyUrl = 'http://' . stream_socket_get_name($socket, false) . '/notify';

function notification($socket): array
{
    $in = stream_socket_accept($socket, 90) ?: throw new Exception('no notification came');
    $length = 0;
    while (($line = trim(fgets($in))) !== '') {
        if (stripos($line, 'content-length:') === 0) {
            $length = (int) trim(substr($line, 15));
        }
    }
    for ($body = ''; strlen($body) < $length;) {
        $body .= fread($in, $length - strlen($body));
    }
    parse_str($body, $form);
    fwrite($in, "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\nsuccess");
    fclose($in);
    return $form;
}

$no = 'PHP' . hrtime(true);
$trade = call($aop, new AlipayTradeCreateRequest(), ['out_trade_no' => $no, 'total_amount' => '9.90', 'subject' => '拿铁 & "large"'], $aes, $notifyUrl);
echo "TRADE $trade->trade_no waits for its payer: souk pay $trade->trade_no --as PERSON\n";
$form = notification($socket);
if (!$aop->rsaCheckV1($form, null, 'RSA2') || $form['out_trade_no'] !== $no || $form['total_amount'] !== '9.90') {
    throw new Exception('a notification that is not genuine: ' . json_encode($form, JSON_UNESCAPED_UNICODE));
}
$state = call($aop, new AlipayTradeQueryRequest(), ['out_trade_no' => $no], $aes);
echo "PAID $state->total_amount, {$form['trade_status']}, notification {$form['notify_id']} is genuine\n";
$back = ['out_trade_no' => $no, 'refund_amount' => '1.90', 'out_request_no' => 'back1'];
$refund = call($aop, new AlipayTradeRefundRequest(), $back, $aes);
$again = call($aop, new AlipayTradeRefundRequest(), $back, $aes);
if ($refund->fund_change !== 'Y' || $again->fund_change !== 'N') {
    throw new Exception('a repeated refund moved money twice');
}
echo "REFUNDED $again->refund_fee of $state->total_amount\n";
