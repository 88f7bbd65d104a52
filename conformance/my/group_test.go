package my_test

import (
	"fmt"
	"strings"
	"testing"
)

// Each group of functions is loaded by a program that calls one of them; what is in none of its groups is not there.
func TestAProgramHasTheGroupsOfFunctionsThatItCalls(t *testing.T) {
	names := strings.Fields(`getFileSystemManager createCanvasContext createOffscreenCanvas canvasToTempFilePath createVideoContext createMapContext
		createWebViewContext createInnerAudioContext getBackgroundAudioManager connectSocket sendSocketMessage closeSocket onSocketOpen offSocketOpen
		onSocketMessage offSocketMessage onSocketError offSocketError onSocketClose offSocketClose startAccelerometer stopAccelerometer
		onAccelerometerChange offAccelerometerChange startGyroscope stopGyroscope onGyroscopeChange offGyroscopeChange startCompass stopCompass
		onCompassChange offCompassChange onDeviceMotionChange offDeviceMotionChange watchShake getRecorderManager createAnimation rsa`)
	var able, there []string
	for _, name := range names {
		able = append(able, fmt.Sprintf("my.canIUse('%s')", name))
		there = append(there, "typeof my."+name)
	}
	p := begin(t, fmt.Sprintf(`say('able', [%s].every(Boolean)); say('functions', [%s].every((kind) => kind === 'function'));`, strings.Join(able, ", "), strings.Join(there, ", ")))
	p.ends(map[string]string{"able": "true", "functions": "true"})
	p = begin(t, `say('able', my.canIUse('rsa') && my.canIUse('createAnimation')); say('called', typeof my.createAnimation); say('table', Object.keys(my.createAnimation()).length > 20);`)
	p.ends(map[string]string{"able": "true", "called": "function", "table": "true"})
	p = begin(t, `const any = my; say('any', ['rsa', 'getFileSystemManager', 'connectSocket', 'watchShake'].map((name) => typeof any[name]).join());`)
	p.ends(map[string]string{"any": "function,function,function,function"})
}
