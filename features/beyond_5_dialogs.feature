@beyond
Feature: B.5 Long calls, and calls whose messages are lost
  Sessions are refreshed (RFC 4028) and registrations renewed while people talk; phones ask for an
  offer, change their codec or port, or begin a new stream; and every packet can be lost once: the PBX has
  to send its 200 again until the ACK comes, and its ACK for every 200 (RFC 3261 §13.2.2.4,
  §13.3.1.4).

  @beyond-5.1
  Scenario: A session timer of 90 seconds is refreshed twice
    Given User A is registered from Teams
    When from User A's Teams client, dial an external number with a session timer of 90 seconds
    Then the external number rings
    When answer the call
    Then 2-way audio is established
    When speak for 40 seconds
    Then the call continues to work
    When refresh the session
    And speak for 40 seconds
    Then the call continues to work
    When refresh the session
    And speak for 20 seconds
    Then the call continues to work
    When Teams hangs up
    Then both parties see the call hang up

  @beyond-5.2
  Scenario: A user's registration is renewed while it is in a call
    Given User A is registered from Teams
    When from an external number, dial User A's DiD
    Then Teams rings for User A
    When answer the call in Teams
    Then 2-way audio is established
    When User A registers from Teams
    And speak for 10 seconds
    Then the call continues to work

  @beyond-5.3
  Scenario: The PBX is asked for an offer by a re-INVITE without one
    Given User A is registered from Teams
    When from an external number, dial User A's DiD
    Then Teams rings for User A
    When answer the call in Teams
    Then 2-way audio is established
    When Teams sends a re-INVITE without an offer
    Then the PBX makes an offer
    And 2-way audio is re-established

  @beyond-5.4
  Scenario: The caller's ACK is lost
    Given User A is registered from Teams
    When from User A's Teams client, dial an external number
    Then the external number rings
    When answer the call, the caller's first ACK being lost
    Then the PBX sends its answer again
    And 2-way audio is established

  @beyond-5.5
  Scenario: The callee sends its answer again, since the ACK is lost
    Given User A is registered from Teams
    When from an external number, dial User A's DiD
    Then Teams rings for User A
    When answer the call in Teams, the first ACK being lost
    Then 2-way audio is established

  @beyond-5.6
  Scenario: The codec changes in mid-call
    Given User A is registered from Teams
    When from an external number, dial User A's DiD
    Then Teams rings for User A
    When answer the call in Teams
    Then 2-way audio is established
    When Teams changes the codec
    Then 2-way audio is re-established

  @beyond-5.7
  Scenario: The stream of Teams begins anew in mid-call
    Given User A is registered from Teams
    When from an external number, dial User A's DiD
    Then Teams rings for User A
    When answer the call in Teams
    Then 2-way audio is established
    When Teams begins a new RTP stream
    Then 2-way audio is re-established

  @beyond-5.8
  Scenario: The media of Teams moves to another port in mid-call
    Given User A is registered from Teams
    When from an external number, dial User A's DiD
    Then Teams rings for User A
    When answer the call in Teams
    Then 2-way audio is established
    When Teams moves its media to another port
    Then 2-way audio is re-established
